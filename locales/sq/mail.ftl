# Letra e zyrës: vetë paralajmërimet e Kasnecit.
mail-test-subject = Letër prove nga Kasneci
mail-test-text = Kjo është letër prove. Dërgon: { $office }. Nëse e lexoni, paralajmërimet për afatet mbërrijnë në këtë adresë.
