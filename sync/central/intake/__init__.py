"""The device API: enrolments, records and beats in; signed answers out."""
