"""Three reviews, three proofs 三审三校: six steps, three different reviewers, decisions that are signed.

`duties` knows who may decide, `deciding` what a decision is and what a release needs, `signing` holds the keys,
`founding` makes the workflow. What the rule demands of a text is asked at the one door to the public.
"""
