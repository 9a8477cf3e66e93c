"""Proofreading: findings with position, severity, suggestion and reason. Plain Python; docs/proofreading.md says more.

engine      all checks over a document          checks/     one file a check, of one shape
spelling/   the Chinese spelling checker        command     haihe newsroom proofread
"""
