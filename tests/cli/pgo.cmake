# `pmubench pgo`.
pmubench_test(pgo_parts_test
  pgo_parts_test.cc
  LIBRARIES pmubench_pgo
  LABELS pgo)
