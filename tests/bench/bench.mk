# SPDX-License-Identifier: MIT

##   bench             count the instructions a boot takes (minutes; not part of test)
bench: $(X86_IMG) $(AA64_IMG) $(BUILD)/bench/count.so
	BUILD=$(BUILD) $(PYTHON) -B tests/bench/bench.py

##   profile           which functions they are in: make profile ARCH=x86_64 APPEND="mmu=mapped"
profile: $(X86_IMG) $(AA64_IMG) $(BUILD)/bench/count.so
	BUILD=$(BUILD) $(PYTHON) -B tests/bench/bench.py --profile "$(APPEND)" $(ARCH)

$(BUILD)/bench/count.so: tests/bench/count.c
	@mkdir -p $(@D)
	gcc -std=gnu2x -O2 -Wall -Wextra -Werror -shared -fPIC -o $@ $<

.PHONY: bench profile
