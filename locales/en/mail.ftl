# Letters to the office: Kasnec's own warnings.
mail-test-subject = Test letter from Kasnec
mail-test-text = This is a test letter. It comes from: { $office }. If you can read it, warnings about deadlines reach this address.
