"""The facts of a document: title, number, issuers, dates, region."""
