namespace ClamProxy.Fuzz;

/// <summary>What became of one input.</summary>
/// <param name="Class">Inputs of one class took about the same way: the first of a new class is mutated further.</param>
/// <param name="Violation">Null, or the property that does not hold.</param>
internal readonly record struct FuzzOutcome(string Class, string? Violation);
