/* SPDX-License-Identifier: MIT */
/* c++config.h - libstdc++'s own, less what needs an operating system: threads, futexes, locales. */
#pragma once
#include_next <bits/c++config.h>
#undef _GLIBCXX_HAS_GTHREADS
#undef _GLIBCXX_HAVE_LINUX_FUTEX
#undef _GLIBCXX_USE_WCHAR_T
