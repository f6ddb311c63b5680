"""Update and rollback: from a signed bundle to a release that has proved itself, or back.

`bundle` reads and checks · `deed` does what comes before the switch · `guard` switches,
watches and, if need be, returns (a service of its own, run by the release that is there) ·
`trial` decides, pure · `record` is what is known of it across power cuts · `window` says when.
"""
