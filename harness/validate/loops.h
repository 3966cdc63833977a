// Loops whose counts are known in advance, in assembly: one file an architecture. Every one does
// `steps` steps, and what a step holds is in kStep beside it; what stands around the loop is a
// constant that a difference of two lengths takes away.
#pragma once

#include <cstdint>

namespace pmubench::loops {

/// What one step of a loop retires. Loads and stores are of 8 bytes and hit the first cache.
struct Step {
  int instructions = 0;
  int integer = 0;  ///< integer data processing among them
  int loads = 0;
  int stores = 0;
  int branches = 0;
  int taken = 0;   ///< of the branches
  int scalar = 0;  ///< double-precision additions of one element
  int vector = 0;  ///< double-precision additions of 128 bits
};

/// Dependent additions: each has to wait for the one before.
extern const Step kAdds;
void Adds(std::uint64_t steps);

extern const Step kLoads;
void Loads(std::uint64_t steps, const void* line);

extern const Step kStores;
void Stores(std::uint64_t steps, void* line);

/// Jumps to the next instruction, all taken.
extern const Step kTaken;
void Taken(std::uint64_t steps);

/// Conditional branches that are never taken, and the loop's own.
extern const Step kNotTaken;
void NotTaken(std::uint64_t steps);

/// A branch over one instruction, taken where the table's byte is 0. `taken` counts it as half.
void Random(std::uint64_t steps, const std::uint8_t* table);

/// Follows pointers: a load a step, each address from the load before. Returns where it ended.
void* Chase(std::uint64_t steps, void* start);

extern const Step kScalar;
void Scalar(std::uint64_t steps);

extern const Step kVector;
void Vector(std::uint64_t steps);

}  // namespace pmubench::loops
