/* SPDX-License-Identifier: MIT */
/* fdt_bindings.c - see fdt.h: what properties and their values mean. Pure. */
#include "lib/fdt.h"
#include "lib/string.h"

bool fdt_property(const struct fdt *f, const char *path, const char *name, struct fdt_value *out)
{
	struct fdt_node n;

	return fdt_find(f, path, (uint32_t)strlen(path), &n) && fdt_get(f, &n, name, out);
}

bool fdt_alias(const struct fdt *f, const char *name, uint32_t len, struct fdt_node *n)
{
	char text[32];				/* 2.2.4.1: they are not longer */
	struct fdt_value v;

	if (len >= sizeof(text))
		return false;
	memcpy(text, name, len);
	text[len] = 0;
	return fdt_property(f, "/aliases", text, &v) && v.len &&
	       fdt_find(f, v.data, v.len - 1, n);	/* without the NUL */
}

bool fdt_initrd(const struct fdt *f, const struct fdt_node *chosen, uint64_t *start,
		uint64_t *end)
{
	return fdt_number(f, chosen, "linux,initrd-start", start) &&
	       fdt_number(f, chosen, "linux,initrd-end", end) && *start != *end;
}

bool fdt_value_has(const struct fdt_value *v, const char *want, uint32_t len)
{
	const char *const first = v->data, *const end = first + v->len;

	for (const char *s = first; end - s >= len; s++)
		if ((s == first || !s[-1]) && !memcmp(s, want, len))
			return true;
	return false;
}

bool fdt_compatible(const struct fdt *f, const struct fdt_node *n, const char *want, uint32_t len)
{
	struct fdt_value v;

	return fdt_get(f, n, "compatible", &v) && fdt_value_has(&v, want, len);
}

bool fdt_psci(const struct fdt *f, bool *by_hvc)
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
