// SPDX-License-Identifier: MIT
// A kernel in C++20: constructors that run before main, virtual calls, the parts of the standard
// library that need no operating system, and its own operator new.
#include <array>
#include <cstddef>
#include <new>

extern "C" {
#include "stubborn/kernel.h"
#include "lib/console/console.h"
}

const struct kernel_wants kernel_wants = { .size = sizeof(kernel_wants), .name = "cxx" };

namespace {

alignas(std::max_align_t) std::array<std::byte, 4096> heap;
std::size_t heap_used;

class Shape {
public:
	virtual int area() const = 0;
	virtual const char *name() const = 0;
};

class Square final : public Shape {
public:
	explicit Square(int side) : side(side) {}
	int area() const override { return side * side; }
	const char *name() const override { return "square"; }
private:
	int side;
};

class Strip final : public Shape {
public:
	explicit Strip(int length) : length(length) {}
	int area() const override { return length; }
	const char *name() const override { return "strip"; }
private:
	int length;
};

// Set only by a constructor, which must have run before kernel_main checks it.
class Registry {
public:
	Registry() : first(new Square(7)), second(new Strip(5)) {}
	std::array<const Shape *, 2> shapes() const { return { first, second }; }
private:
	const Shape *first, *second;
};

Registry registry;

} // namespace

void *operator new(std::size_t size)
{
	constexpr std::size_t step = alignof(std::max_align_t);
	void *at = heap.data() + heap_used;

	heap_used += (size + step - 1) / step * step;
	if (heap_used > heap.size())
		for (;;)
			;
	return at;
}

void operator delete(void *, std::size_t) noexcept {}

// Referenced by classes with pure virtual functions; runs if one is called during construction.
extern "C" void __cxa_pure_virtual()
{
	for (;;)
		;
}

using Constructor = void (*)();
extern "C" const Constructor __init_array_start[], __init_array_end[];

void kernel_main(boot_info *bi)
{
	console_serial(&bi->uart, bi->direct_map);
	console_screen(&bi->fb, bi->direct_map);
	for (const Constructor *f = __init_array_start; f != __init_array_end; f++)
		(*f)();
	int sum = 0;
	for (const Shape *shape : registry.shapes()) {
		console_print("cxx: %s has area %d\n", shape->name(), shape->area());
		sum += shape->area();
	}
	console_print("cxx: sum %d, %zu bytes of heap\n", sum, heap_used);
	for (;;)
		;
}
