# SPDX-License-Identifier: MIT
"""Where a written byte is: in a cache, at the point of coherency, ready to be executed.

Input: an ordered list of what one aarch64 CPU does (stores, loads, fetches, cache maintenance,
barriers, writes of the translation registers). Output: what the architecture does not
guarantee, as lines of text in `broken`. Arm ARM B2.3, B2.4, D7.5. Pure: independent of the image
and the emulator. Its assumptions are in tests/README.md.
"""
# States of a line in data caches. Lines not listed are DIRTY: written before we started.
DIRTY = "dirty"		# a cache has what memory lacks
HELD = "held"		# memory is right; a cache may have the same
STALE = "stale"		# memory is right; a cache may have older bytes
GONE = "gone"		# in no cache, and nothing can bring it in
# States of a line in instruction caches; lines not listed cannot be executed yet.
WRITTEN, CLEANED, DROPPED, DONE, FIT = range(5)

SCTLR_M, SCTLR_C, SCTLR_I = 1 << 0, 1 << 2, 1 << 12


class Cache:
	def __init__(self, line, sctlr):
		self.line = line
		self.on = sctlr & (SCTLR_M | SCTLR_C) == SCTLR_M | SCTLR_C
		self.asleep = not sctlr & (SCTLR_M | SCTLR_C | SCTLR_I)
		self.data, self.code = {}, {}
		self.cleaning = {}		# lines whose maintenance no DSB has completed
		self.stored = set()		# lines written since the last DSB
		self.context = set()		# registers written since the last ISB
		self.tlb = FIT
		self.broken = []
		self.counts = {"clean": 0, "past the caches": 0, "cached": 0}

	def lines(self, base, size):
		return range(base // self.line, (base + size - 1) // self.line + 1)

	def fail(self, rule, line, pc):
		self.broken.append(f"{rule}: 0x{line * self.line:x} at pc 0x{pc:x}")

	def trusted(self, base, size):
		"""The loader's promise: memory holds these bytes, and they can be executed."""
		for n in self.lines(base, size):
			self.data[n] = HELD
			self.code[n] = FIT

	def executable(self, base, size):
		"""The loader has made these bytes visible to fetches; memory may not have them."""
		for n in self.lines(base, size):
			self.code[n] = FIT

	# ---- the CPU's accesses; all addresses physical ----

	def write(self, base, size, pc, cached=True):
		for n in self.lines(base, size):
			state = self.data.get(n, DIRTY)
			if self.on and cached:
				self.data[n] = DIRTY
			elif state == DIRTY or n in self.cleaning:
				self.fail("a dirty line may come back over a write", n, pc)
			elif state != GONE:
				self.data[n] = STALE
			self.code[n] = WRITTEN
			self.stored.add(n)

	def read(self, base, size, pc, cached=True):
		for n in self.lines(base, size):
			state = self.data.get(n, DIRTY)
			if self.on and cached:
				self.counts["cached"] += 1
				if state == STALE:
					self.fail("a stale line hides a write", n, pc)
			else:
				self.counts["past the caches"] += 1
				if state == DIRTY:
					self.fail("read past a dirty line", n, pc)

	def fetch(self, base, pc):
		n = base // self.line
		if self.code.get(n) != FIT:
			self.fail("executed, but instruction caches may not know", n, pc)
		state = self.data.get(n, DIRTY)
		if not self.on and state == DIRTY:
			self.fail("executed past a dirty line", n, pc)
		if self.on and state == STALE:
			self.fail("executed from a stale line", n, pc)

	def promised(self, base, size, pc):
		for n in self.lines(base, size):
			if self.data.get(n, DIRTY) == DIRTY:
				self.fail("promised to be in memory, but dirty", n, pc)

	def walk(self, base, size, pc, cached):
		"""A read of the table walker."""
		for n in self.lines(base, size):
			if n in self.stored:
				self.fail("a table entry before its store is complete", n, pc)
		self.read(base, size, pc, cached)

	# ---- maintenance ----

	def clean(self, address, invalidate):
		"""DC CVAC or CIVAC: to the point of coherency."""
		self.counts["clean"] += 1
		n = address // self.line
		self.cleaning[n] = self.cleaning.get(n, False) or invalidate

	def invalidate(self, address, pc):
		n = address // self.line
		if self.data.get(n, DIRTY) == DIRTY:
			self.fail("invalidated, and what was written is lost", n, pc)
		self.cleaning[n] = True

	def _code_step(self, before, after):
		for n, state in self.code.items():
			if state == before:
				self.code[n] = after

	def drop_code(self):
		"""IC IALLU or IALLUIS. A line that is not clean is fetched again as it was."""
		self._code_step(CLEANED, DROPPED)

	def dsb(self):
		self._code_step(DROPPED, DONE)
		for n, invalidated in self.cleaning.items():
			state = self.data.get(n, DIRTY)
			if invalidated and self.asleep:
				self.data[n] = GONE
			elif state == DIRTY or invalidated:
				self.data[n] = HELD	# fetched again at once, as it is now
			if self.code.get(n) == WRITTEN:
				self.code[n] = CLEANED
		if not self.on:				# such a write goes to memory by itself
			for n in self.stored:
				if self.code.get(n) == WRITTEN:
					self.code[n] = CLEANED
		self.cleaning.clear()
		self.stored.clear()
		if self.tlb == DROPPED:
			self.tlb = DONE

	def dsb_stores(self):
		"""DSB ISHST and similar: stores are complete, maintenance need not be."""
		self.stored.clear()

	def isb(self):
		self._code_step(DONE, FIT)
		self.context.clear()
		if self.tlb == DONE:
			self.tlb = FIT

	# ---- the regime ----

	def in_effect(self, what, pc):
		if self.context:
			self.fail(what + " before " + " ".join(sorted(self.context)), 0, pc)

	def tlbi(self, pc):
		self.in_effect("TLBI", pc)
		self.tlb = DROPPED

	def register(self, name, pc):
		"""A translation register was written: TTBR0, TTBR1, TCR, MAIR."""
		if self.on:
			self.fail(name + " written while it is in use", 0, pc)
		self.context.add(name)
		self.tlb = WRITTEN

	def sctlr(self, value, pc, next_is_isb):
		"""A write of SCTLR; it takes effect with the ISB that must follow."""
		on = value & (SCTLR_M | SCTLR_C) == SCTLR_M | SCTLR_C
		if not next_is_isb:
			self.fail("no ISB after SCTLR", 0, pc)
		self.in_effect("SCTLR", pc)
		for n in self.cleaning:
			self.fail("no DSB between maintenance and SCTLR", n, pc)
		for n in self.stored if self.on and not on else ():
			self.fail("no DSB between a store and SCTLR", n, pc)
		if on and self.tlb != FIT:
			self.fail("the MMU goes on with old translations", 0, pc)
		self.on = on
		self.asleep = not value & (SCTLR_M | SCTLR_C | SCTLR_I)
		if not self.asleep:
			for n, state in self.data.items():
				if state == GONE:
					self.data[n] = HELD
