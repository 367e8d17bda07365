# Pečati registra, na sajtu i u izvorima.
ledger-title = Objavljeni pečati registra
ledger-what = Svaka odluka i svaka objava koju kancelarija uradi ovim sistemom upisuje se kao red u registar. Svaki red nosi kontrolni broj koji obuhvata i broj prethodnog reda. Jednom dnevno se kontrolni broj poslednjeg reda, pečat, objavljuje ovde i u izvorima: ko sačuva kopiju, može kasnije da pokaže da li je neki red do tada promenjen.
ledger-day = Dan
ledger-line = red
ledger-hash = SHA-256 pečata
ledger-published = Objavljeno
ledger-none = Još nije objavljen nijedan pečat.
ledger-all = Svi pečati, za programe (JSON)
ledger-entry-title = Pečat registra objava, { $week }. nedelja { $year }. godine
ledger-entry-what = Stanje registra objava kancelarije za svaki dan. Ko sačuva ove redove, može kasnije da pokaže da ništa ranije upisano nije promenjeno.
