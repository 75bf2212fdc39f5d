import CClp

/// A linear programme in Clp: columns between finite bounds, rows between bounds, the least cost wanted.
///
/// Clp proposes; what is claimed as a bound is reckoned here from its duals (`safeBound`), so a solver that stopped early or erred
/// gives a weaker bound, never a wrong one. Only `Clp_dual` and `Clp_primal` are called: `Clp_initialSolve` would set a handler of
/// signals, and keeps a static of its own; so every thread may have a programme of its own.
final class LinearProgram {
  struct Column {
    var cost: Double
    var lower: Double
    var upper: Double
    var whole: Bool
    var rows: [Int32] = []
    var values: [Double] = []
  }
  private(set) var columns: [Column] = []
  private(set) var rowLower: [Double] = []
  private(set) var rowUpper: [Double] = []
  private var model: UnsafeMutableRawPointer?
  private var loadedRows = 0
  private var loadedColumns = 0
  private(set) var solution: [Double] = []
  private(set) var duals: [Double] = []
  private(set) var reducedCosts: [Double] = []

  enum Outcome { case optimal, infeasible, stopped }

  func addRow(_ lower: Double, _ upper: Double) -> Int {
    rowLower.append(lower)
    rowUpper.append(upper)
    return rowLower.count - 1
  }
  func addColumn(cost: Double, _ lower: Double, _ upper: Double, whole: Bool = false) -> Int {
    columns.append(Column(cost: cost, lower: lower, upper: upper, whole: whole))
    return columns.count - 1
  }
  func add(_ value: Double, _ column: Int, to row: Int) {
    guard value != 0 else { return }
    columns[column].rows.append(Int32(row))
    columns[column].values.append(value)
  }

  /// Hands the columns and rows over; rows added later go in with the next `solve`.
  private func load() {
    let model = self.model ?? Clp_newModel()
    self.model = model
    Clp_setLogLevel(model, 0)
    var starts: [Int32] = [0]
    var index: [Int32] = []
    var values: [Double] = []
    for column in columns {
      index += column.rows
      values += column.values
      starts.append(Int32(index.count))
    }
    Clp_loadProblem(
      model, Int32(columns.count), Int32(rowLower.count), starts, index, values, columns.map(\.lower), columns.map(\.upper),
      columns.map(\.cost),
      rowLower, rowUpper)
    Clp_setOptimizationDirection(model, 1)
    loadedRows = rowLower.count
    loadedColumns = columns.count
  }

  /// Starts from the last basis.
  func solve(lower: [Double], upper: [Double], stop: () -> Bool) -> Outcome {
    if model == nil || loadedRows != rowLower.count { load() }
    guard let model else { return .stopped }
    Clp_chgColumnLower(model, lower)
    Clp_chgColumnUpper(model, upper)
    return run(model, stop) { _ = Clp_dual(model, 0) }
  }
  /// In slices, so that whoever waits can stop it: the basis stays where it is.
  private func run(_ model: UnsafeMutableRawPointer, _ stop: () -> Bool, _ slice: () -> Void) -> Outcome {
    repeat {
      Clp_setNumberIterations(model, 0)
      Clp_setMaximumIterations(model, 1500)
      slice()
    } while Clp_status(model) == 3 && !stop()
    read(model)
    switch Clp_status(model) {
    case 0: return .optimal
    case 1: return .infeasible
    default: return .stopped
    }
  }

  func price(_ column: Int, _ cost: Double) { columns[column].cost = cost }
  func limit(_ column: Int, _ lower: Double, _ upper: Double) { (columns[column].lower, columns[column].upper) = (lower, upper) }

  /// Columns added and prices changed since the last time, from the last basis by the primal simplex.
  func resolve(stop: () -> Bool) -> Outcome {
    if model == nil || loadedRows != rowLower.count { load() }
    guard let model else { return .stopped }
    if columns.count > loadedColumns {
      let new = columns[loadedColumns...]
      var starts: [Int32] = [0]
      for column in new { starts.append((starts.last ?? 0) + Int32(column.rows.count)) }
      Clp_addColumns(
        model, Int32(new.count), new.map(\.lower), new.map(\.upper), new.map(\.cost), starts, new.flatMap(\.rows), new.flatMap(\.values))
      loadedColumns = columns.count
    }
    Clp_chgObjCoefficients(model, columns.map(\.cost))
    Clp_chgColumnLower(model, columns.map(\.lower))
    Clp_chgColumnUpper(model, columns.map(\.upper))
    return run(model, stop) { _ = Clp_primal(model, 0) }
  }

  private func read(_ model: UnsafeMutableRawPointer) {
    func copy(_ source: UnsafeMutablePointer<Double>?, _ count: Int) -> [Double] {
      source.map { Array(UnsafeBufferPointer(start: $0, count: count)) } ?? Array(repeating: 0, count: count)
    }
    solution = copy(Clp_primalColumnSolution(model), columns.count)
    duals = copy(Clp_dualRowSolution(model), rowLower.count)
    reducedCosts = copy(Clp_dualColumnSolution(model), columns.count)
  }

  /// By weak duality: whatever the duals are, no point between the bounds costs less than this (Neumaier and Shcherbina 2004).
  func safeBound(lower: [Double], upper: [Double]) -> Double {
    var bound = 0.0
    var duals = self.duals
    for row in duals.indices {
      if !duals[row].isFinite || (duals[row] > 0 && rowLower[row] < -1e29) || (duals[row] < 0 && rowUpper[row] > 1e29) { duals[row] = 0 }
      if duals[row] != 0 { bound += duals[row] * (duals[row] > 0 ? rowLower[row] : rowUpper[row]) }
    }
    for (place, column) in columns.enumerated() {
      var reduced = column.cost
      for (row, value) in zip(column.rows, column.values) { reduced -= duals[Int(row)] * value }
      bound += reduced > 0 ? reduced * lower[place] : reduced * upper[place]
    }
    // Half a million additions of doubles.
    return bound - 1e-9 * abs(bound) - 1e-6
  }

  deinit { if let model { Clp_deleteModel(model) } }
}
