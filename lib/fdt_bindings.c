/* SPDX-License-Identifier: MIT */
/* fdt_bindings.c - see fdt.h: what properties of certain names mean. Pure. */
#include "lib/fdt.h"
#include "lib/string.h"

SELDOM bool fdt_initrd(const struct fdt *f, const struct fdt_node *chosen, uint64_t *start,
		       uint64_t *end)
{
	return fdt_number(f, chosen, "linux,initrd-start", start) &&
	       fdt_number(f, chosen, "linux,initrd-end", end) && *start != *end;
}

bool fdt_compatible(const struct fdt *f, const struct fdt_node *n, const char *want, uint32_t len)
{
	struct fdt_value v;

	if (!fdt_get(f, n, "compatible", &v))
		return false;
	for (const char *s = v.data, *end = s + v.len; end - s >= len; s++) {
		if (!memcmp(s, want, len))
			return true;
		while (s < end && *s)
			s++;
	}
	return false;
}

SELDOM bool fdt_psci(const struct fdt *f, bool *by_hvc)
{
	static const char wanted[] = "arm,psci-";	/* and a version; 0.1 is plain "arm,psci" */
	struct fdt_node n = { 0 };
	struct fdt_value v;

	while (fdt_next(f, &n)) {
		if (!fdt_compatible(f, &n, wanted, sizeof(wanted) - 1) ||
		    !fdt_get(f, &n, "method", &v) || v.len != sizeof("hvc"))
			continue;
		*by_hvc = !memcmp(v.data, "hvc", v.len);
		return *by_hvc || !memcmp(v.data, "smc", v.len);
	}
	return false;
}
