def self_test(files): return 0
