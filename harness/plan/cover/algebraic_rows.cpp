#include "plan/cover/algebraic_rows.h"

#include <algorithm>
#include <numeric>
#include <optional>

namespace ctestbed {
namespace {

size_t Power(size_t base, int exponent) {
  size_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= base;
  return power;
}

// The field of prime^degree elements, numbered by their digits to that base.
class FiniteField {
 public:
  FiniteField(int prime, int degree)
      : prime_(prime), degree_(degree), size_(static_cast<int>(Power(Index(prime), degree))) {
    // `low` are the lower coefficients of the polynomial that is zero in the field; the right one
    // leaves no divisors of zero.
    for (int low = 0; low < size_; ++low) {
      if (MakeProducts(low)) return;
    }
  }

  int size() const { return size_; }
  int Times(int a, int b) const {
    return products_[static_cast<size_t>(a) * static_cast<size_t>(size_) + static_cast<size_t>(b)];
  }
  int Plus(int a, int b) const {
    int sum = 0;
    for (int digit = 1; digit < size_; digit *= prime_) {
      sum += digit * ((a / digit % prime_ + b / digit % prime_) % prime_);
    }
    return sum;
  }

 private:
  // a * x^0 + ... by Horner's rule, x being the number `prime`.
  int Product(int a, int b, int low) const {
    int product = 0;
    for (int digit = size_ / prime_; digit > 0; digit /= prime_) {
      const int top = product / (size_ / prime_);
      product = product % (size_ / prime_) * prime_;
      for (int i = 0; i < prime_ - top && top > 0; ++i) product = Plus(product, low);
      for (int i = 0; i < b / digit % prime_; ++i) product = Plus(product, a);
    }
    return product;
  }

  bool MakeProducts(int low) {
    products_.clear();
    for (int a = 0; a < size_; ++a) {
      for (int b = 0; b < size_; ++b) {
        products_.push_back(degree_ == 1 ? a * b % prime_ : Product(a, b, low));
        if (a > 0 && b > 0 && products_.back() == 0) return false;
      }
    }
    return true;
  }

  int prime_;
  int degree_;
  int size_;
  std::vector<int> products_;
};

struct PrimePower {
  int prime;
  int degree;
};

std::vector<PrimePower> Factors(int number) {
  std::vector<PrimePower> factors;
  for (int prime = 2; number > 1; ++prime) {
    int degree = 0;
    for (; number % prime == 0; number /= prime) ++degree;
    if (degree > 0) factors.push_back({prime, degree});
  }
  return factors;
}

// Row i are the values of the i-th polynomial of degree < strength, at each element and, for
// "infinity", its leading coefficient.
std::vector<CoverRow> Polynomials(const PrimePower& order, size_t axes, int strength) {
  const FiniteField field(order.prime, order.degree);
  const auto size = static_cast<size_t>(field.size());
  std::vector<CoverRow> rows;
  for (size_t i = 0; i < Power(size, strength); ++i) {
    std::vector<int> coefficients;
    for (size_t rest = i; coefficients.size() < static_cast<size_t>(strength); rest /= size) {
      coefficients.push_back(static_cast<int>(rest % size));
    }
    CoverRow row;
    for (int x = 0; row.size() < std::min(axes, size); ++x) {
      int value = 0;
      for (auto c = coefficients.rbegin(); c != coefficients.rend(); ++c) {
        value = field.Plus(field.Times(value, x), *c);
      }
      row.push_back(value);
    }
    if (row.size() < axes) row.push_back(coefficients.back());
    if (row.size() < axes) row.push_back(coefficients[1]);  // the nucleus, see MostAxes
    rows.push_back(std::move(row));
  }
  return rows;
}

size_t MostAxes(const PrimePower& order, int strength) {
  const size_t size = Power(static_cast<size_t>(order.prime), order.degree);
  if (size < static_cast<size_t>(strength)) return 0;
  return size + (strength == 3 && order.prime == 2 ? 2 : 1);
}

// Each value of the product is a pair of values.
std::vector<CoverRow> Product(const std::vector<CoverRow>& a, const std::vector<CoverRow>& b,
                              int levels_b) {
  std::vector<CoverRow> rows;
  for (const CoverRow& left : a) {
    for (const CoverRow& right : b) {
      CoverRow row;
      for (size_t i = 0; i < left.size(); ++i) row.push_back(left[i] * levels_b + right[i]);
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

std::vector<CoverRow> Sums(int levels, size_t axes, int strength) {
  std::vector<CoverRow> rows;
  const auto size = static_cast<size_t>(levels);
  for (size_t i = 0; i < Power(size, strength); ++i) {
    CoverRow row;
    for (size_t rest = i; row.size() < static_cast<size_t>(strength); rest /= size) {
      row.push_back(static_cast<int>(rest % size));
    }
    row.push_back(std::accumulate(row.begin(), row.end(), 0) % levels);
    row.resize(axes);
    rows.push_back(std::move(row));
  }
  return rows;
}

// Rotations of (infinity, and a row times the squares modulo 7), all translations of these.
std::vector<CoverRow> FourAxesOfTen(size_t axes) {
  const int starter[] = {0, 1, 4};
  const int squares[] = {1, 2, 4};
  std::vector<CoverRow> rows;
  for (int shift = 0; shift < 7; ++shift) {
    rows.push_back(CoverRow(4, shift));
    for (int infinity = 0; infinity < 3; ++infinity) {
      CoverRow row{7 + infinity};
      for (const int value : starter) row.push_back((squares[infinity] * value + shift) % 7);
      for (int turn = 0; turn < 4; ++turn) {
        rows.push_back(row);
        std::rotate(row.begin(), row.begin() + 1, row.end());
      }
    }
  }
  for (CoverRow& row : Polynomials({3, 1}, 4, 2)) {
    for (int& value : row) value += 7;
    rows.push_back(std::move(row));
  }
  for (CoverRow& row : rows) row.resize(axes);
  return rows;
}

// The row that all others are made of, and what its pairs lack.
class Starter {
 public:
  Starter(int group, int fixed, size_t axes, PlanRandom& random)
      : group_(group), fixed_(fixed), random_(random), row_(axes) {
    for (int& value : row_) value = static_cast<int>(random_.Below(group + fixed));
    seen_.resize((axes / 2 + 1) * Kinds());
    missing_ = static_cast<int>(seen_.size() - Kinds());
    for (size_t at = 0; at < axes; ++at) Count(at, 1, false);
  }

  const CoverRow& row() const { return row_; }
  int missing() const { return missing_; }

  void Step() {
    const size_t at = random_.Below(row_.size());
    const int before = row_[at];
    const int missed = missing_;
    Put(at, static_cast<int>(random_.Below(group_ + fixed_)));
    constexpr int64_t kOne = 1000;
    if ((missing_ - missed) * kOne > random_.Tolerance(kOne * 2 / 7)) Put(at, before);
  }

 private:
  // At each distance all differences, and each fixed value before and after one of the group.
  size_t Kinds() const { return static_cast<size_t>(group_) + 2 * static_cast<size_t>(fixed_); }

  void Put(size_t at, int value) {
    Count(at, -1, true);
    row_[at] = value;
    Count(at, 1, true);
  }

  // Adds the pairs with the cell `at`, those in which it is the first or all.
  void Count(size_t at, int change, bool all) {
    const size_t size = row_.size();
    for (size_t distance = 1; distance <= size / 2; ++distance) {
      CountPair(distance, row_[at], row_[(at + distance) % size], change);
      if (all) CountPair(distance, row_[(at + size - distance) % size], row_[at], change);
    }
  }

  void CountPair(size_t distance, int a, int b, int change) {
    int kind = 0;
    if (a < group_ && b < group_) {
      kind = (b - a + group_) % group_;
    } else if (a < group_) {
      kind = b;
    } else if (b < group_) {
      kind = a + fixed_;
    } else {
      return;
    }
    int& seen = seen_[distance * Kinds() + static_cast<size_t>(kind)];
    missing_ -= seen == 0;
    seen += change;
    missing_ += seen == 0;
  }

  int group_;
  int fixed_;
  PlanRandom& random_;
  CoverRow row_;
  std::vector<int> seen_;  // by distance and kind
  int missing_ = 0;
};

}  // namespace

std::vector<CoverRow> OrthogonalRows(int levels, size_t axes, int strength) {
  if (strength < 2 || levels < 2) return {};
  if (axes <= static_cast<size_t>(strength) + 1) return Sums(levels, axes, strength);
  if (levels == 10 && axes <= 4 && strength == 2) return FourAxesOfTen(axes);
  std::vector<CoverRow> rows;
  for (const PrimePower& factor : Factors(levels)) {
    if (axes > MostAxes(factor, strength)) return {};
    std::vector<CoverRow> next = Polynomials(factor, axes, strength);
    const auto size = static_cast<int>(Power(static_cast<size_t>(factor.prime), factor.degree));
    rows = rows.empty() ? std::move(next) : Product(rows, next, size);
  }
  return rows;
}

bool MayHaveStarter(int group, int fixed, size_t axes) {
  for (size_t in_group = 2; in_group <= axes; ++in_group) {
    const size_t distances = axes - 1;
    const size_t uses = (distances + in_group - 1) / in_group;  // of each fixed value
    if (in_group + static_cast<size_t>(fixed) * uses <= axes &&
        in_group * (in_group - 1) >= distances * static_cast<size_t>(group)) {
      return true;
    }
  }
  return false;
}

std::vector<CoverRow> StarterRows(int group, int fixed, size_t axes, uint64_t iterations,
                                  const std::function<bool()>& stop, PlanRandom& random) {
  Starter starter(group, fixed, axes, random);
  while (starter.missing() > 0) {
    if (iterations-- == 0 || (iterations % 1024 == 0 && stop && stop())) return {};
    starter.Step();
  }
  std::vector<CoverRow> rows;
  for (int shift = 0; shift < group; ++shift) {
    CoverRow row = starter.row();
    for (int& value : row) value = value < group ? (value + shift) % group : value;
    for (size_t turn = 0; turn < axes; ++turn) {
      rows.push_back(row);
      std::rotate(row.begin(), row.begin() + 1, row.end());
    }
  }
  return rows;
}

}  // namespace ctestbed
