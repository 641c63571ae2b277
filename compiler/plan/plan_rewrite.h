#pragma once

#include <functional>

#include "compiler/plan/plan.h"

namespace millrace::plan {

/// Calls `visit` for each input of a node, in order (joins: left, then right).
void for_each_input(const Node& node, const std::function<void(const Node&)>& visit);
void for_each_input(Node& node, const std::function<void(NodePtr&)>& visit);

/// Calls `visit` for each expression that a node itself holds, its inputs' apart.
void for_each_expr(const Node& node, const std::function<void(const expr::Expr&)>& visit);
void for_each_expr(Node& node, const std::function<void(ExprPtr&)>& visit);

NodePtr clone(const Node& node);

/// Whether two plans do the same: operators, expressions and output types; names and spans do not count.
bool equal(const Node& a, const Node& b);

/// Applies `rule` to every node, inputs first. The rule gets a node whose inputs are rewritten and gives what stands for it.
NodePtr rewrite_bottom_up(NodePtr node, const std::function<NodePtr(NodePtr)>& rule);

/// A node over `input` that inherits its changes and whether it reads a stream; the caller sets what differs.
NodePtr make_node(Node::Op op, Schema schema, const Node& input);

}  // namespace millrace::plan
