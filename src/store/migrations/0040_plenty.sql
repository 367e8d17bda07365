DROP INDEX page_newest;
CREATE INDEX page_newest ON page (office, published_at DESC, slug);
CREATE INDEX page_of_category ON page (office, category, published_at DESC, slug);
DROP INDEX entry_newest;
CREATE INDEX entry_newest ON entry (office, lang, published_at DESC, id);
CREATE INDEX entry_of_category ON entry (office, lang, category, published_at DESC, id);
