# SPDX-License-Identifier: MIT

##   cache             the built jump against a model of caches and barriers
cache: $(BUILD)/aarch64/$(aarch64_EFI) | $(BUILD)/have-CACHE
	BUILD=$(BUILD) $(PYTHON) -B -m pytest -q -p no:cacheprovider -n "$$(nproc)" \
		$(CHECK_MARK) $(CACHE_ARGS) tests/cache

.PHONY: cache
