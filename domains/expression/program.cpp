#include <tessera/domains/program.hpp>

#include <algorithm>
#include <array>

#include "graph.hpp"

namespace tessera::domains {
namespace {

std::size_t at(int index)
{
  return static_cast<std::size_t>(index);
}

/// A formula of another graph in this one, whose variables are the same.
int copy_into(ExpressionGraph &graph, ExpressionGraph const &from, int root)
{
  std::vector<bool> const parts = from.parts_of(root);
  std::vector<int> copies(parts.size(), -1);
  for (int n = 0; n <= root; ++n) {
    if (!parts[at(n)]) continue;
    ExpressionNode const &node = from[n];
    if (node.operation == Operation::constant) {
      copies[at(n)] = graph.constant(node.value);
    } else if (node.operation == Operation::variable) {
      copies[at(n)] = graph.variable(node.a);
    } else {
      int const b = node.b < 0 ? -1 : copies[at(node.b)];
      copies[at(n)] = graph.make(node.operation, copies[at(node.a)], b);
    }
  }
  return copies.back();
}

/// The last node that reads each node, the number of nodes for an output, -1 where nobody does.
std::vector<int> last_readers(ExpressionGraph const &graph, std::vector<int> const &roots)
{
  std::vector<int> last(at(graph.size()), -1);
  for (int const root : roots) last[at(root)] = graph.size();
  for (int n = graph.size() - 1; n >= 0; --n) {
    ExpressionNode const &node = graph[n];
    if (last[at(n)] < 0 || node.operation <= Operation::variable) continue;
    last[at(node.a)] = std::max(last[at(node.a)], n);
    if (node.b >= 0) last[at(node.b)] = std::max(last[at(node.b)], n);
  }
  return last;
}

/// Where numbers lie; the place of one that nobody reads any more is taken again, so that all of
/// them stay in the cache.
class Places {
 public:
  Places(std::vector<int> last, int fixed) : last_(std::move(last)), fixed_(fixed), next_(fixed) {}

  /// A place for node n, which reads the nodes a and b.
  int take(int n, int a, int b, std::vector<int> const &places)
  {
    give_back(n, places[at(a)], last_[at(a)]);
    if (b != a) give_back(n, places[at(b)], last_[at(b)]);
    if (free_.empty()) return next_++;
    int const place = free_.back();
    free_.pop_back();
    return place;
  }
  bool is_read(int n) const { return last_[at(n)] >= 0; }
  int count() const { return next_; }

 private:
  void give_back(int reader, int place, int last_reader)
  {
    if (place >= fixed_ && last_reader == reader) free_.push_back(place);
  }

  std::vector<int> last_, free_;
  int fixed_, next_;
};

void put(double volatile &place, double value)
{
  place = value;
}

}  // namespace

Program::Program(std::vector<Expression> const &outputs)
{
  if (outputs.empty()) throw InputError("a program of no formulas computes nothing; give it one");
  ExpressionGraph graph(outputs.front().variables());
  variables_ = graph.variables().size();
  for (Expression const &output : outputs) {
    if (output.variables() != graph.variables()) {
      throw InputError("formulas of one program must have the same variables in the same order");
    }
    outputs_.push_back(copy_into(graph, *output.graph_, output.root_));
  }
  std::vector<int> const last = last_readers(graph, outputs_);
  std::vector<int> places(last.size(), -1);
  for (int n = 0; n < graph.size(); ++n) {
    if (graph[n].operation == Operation::variable) places[at(n)] = graph[n].a;
    if (!graph.is_constant(n) || last[at(n)] < 0) continue;
    places[at(n)] = static_cast<int>(variables_ + constants_.size());
    constants_.push_back(graph[n].value);
  }
  Places taken(last, static_cast<int>(variables_ + constants_.size()));
  for (int n = 0; n < graph.size(); ++n) {
    ExpressionNode const &node = graph[n];
    if (node.operation <= Operation::variable || !taken.is_read(n)) continue;
    int const a = node.a, b = node.b < 0 ? node.a : node.b;
    int const place = places[at(n)] = taken.take(n, a, b, places);
    steps_.push_back({node.operation, place, places[at(a)], places[at(b)]});
  }
  for (int &output : outputs_) output = places[at(output)];
  places_ = at(taken.count());
}

void Program::evaluate(std::initializer_list<std::span<double const>> values,
                       std::span<double> outputs) const
{
  constexpr std::size_t few = 256;  // numbers that lie on the stack
  std::array<double, few> near;
  std::vector<double> far(places_ > few ? places_ : 0);
  double *const x = far.empty() ? near.data() : far.data();
  double *next = x;
  // A handful of numbers: a call of memmove would cost more than the formula.
  for (std::span<double const> const piece : values) {
    for (double const value : piece) put(*next++, value);
  }
  TESSERA_ASSERT(next == x + variables_ && outputs.size() == outputs_.size());
  for (double const value : constants_) put(*next++, value);
  for (Step const &step : steps_) {
    x[step.to] = apply(step.operation, x[step.a], x[step.b]);
  }
  for (std::size_t o = 0; o < outputs_.size(); ++o) outputs[o] = x[outputs_[o]];
}

}  // namespace tessera::domains
