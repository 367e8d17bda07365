# Ofise mektuplar: Kasnec'in kendi uyarıları.
mail-test-subject = Kasnec'ten deneme mektubu
mail-test-text = Bu bir deneme mektubudur. Gönderen: { $office }. Okuyabiliyorsanız süre uyarıları bu adrese ulaşıyor.
