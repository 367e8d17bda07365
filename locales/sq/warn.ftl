# Paralajmërimet: letrat për njësitë dhe lista e tyre.
warn-subject-one = Afati i sigurt { $by }: { $what }
warn-subject-many = { $count } afate, më i afërti { $by }: { $what }
warn-opening = { $office }: Kasneci paralajmëron për detyrimet ndaj publikut.
warn-standing = Gjendja: { $standing }. Njësia: { $unit }.
warn-times = Afati i sigurt: { $safe }. Afati i fundit: { $latest }.
warn-unconfirmed = Sipas një leximi që askush nuk e ka konfirmuar, afati ka qenë { $by }.
warn-step = Çka duhet bërë: { $step }
warn-closing = Këtë letër e shkruan Kasneci vetë, vetëm një herë. Të gjitha detyrimet: kasnec due
warn-none = Në këtë kohë nuk ka pasur paralajmërime.
warn-raised = Më
warn-step-name = Shkaku
warn-recipient = Për
warn-state = Letra
