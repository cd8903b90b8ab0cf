/* SPDX-License-Identifier: MIT */
/* cmd_smbios.c - smbios: the machine, as its manufacturer describes it. */
#include "monitor.h"
#include "kernel/firmware/smbios.h"
#include "lib/console/console.h"

struct show {
	struct kernel *k;
	bool open, broken, stopped;
};

static void smbios_show(void *cookie)
{
	struct show *show = cookie;
	struct smbios_structure structure;
	struct smbios s;

	show->open = smbios_open(&s, show->k->bi->smbios, windows_reach, &show->k->windows);
	if (!show->open)
		return;
	console_print("SMBIOS %u.%u, table 0x%llx, %s%u bytes\n", s.major, s.minor, LL(s.address),
		      s.wide ? "at most " : "", s.size);
	while (!show->stopped && smbios_next(&s, &structure)) {
		smbios_print(&structure);
		show->stopped = monitor_stopped();
	}
	show->broken = s.broken;
}

bool command_smbios(struct kernel *k, uint32_t n, char **words)
{
	struct show show = { .k = k };
	struct trap_info fault;
	bool done;

	(void)n;
	(void)words;
	if (!k->bi->smbios)
		return monitor_error("firmware gave no SMBIOS");
	done = trap_try(smbios_show, &show, &fault);
	windows_close(&k->windows);
	if (!done)
		return monitor_error("0x%llx: %s", LL(fault.address), fault.what);
	if (!show.open)
		return monitor_error("entry point or table is invalid");
	if (show.stopped)
		return false;
	return show.broken ? monitor_error("the next structure exceeds the table") : true;
}
