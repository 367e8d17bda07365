# Pisma kancelariji: sama upozorenja Kasneca.
mail-test-subject = Probno pismo iz Kasneca
mail-test-text = Ovo je probno pismo. Šalje: { $office }. Ako ga čitate, upozorenja o rokovima stižu na ovu adresu.
