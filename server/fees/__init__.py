"""Fees: what is due for which days, invoices without gaps, direct debit, reminders."""
