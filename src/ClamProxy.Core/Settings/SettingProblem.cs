namespace ClamProxy.Core.Settings;

/// <summary>One wrong value.</summary>
/// <param name="Property">The options property it was read into.</param>
/// <param name="Value">The value as given; never a secret.</param>
/// <param name="Takes">What a right value looks like.</param>
public sealed record SettingProblem(string Property, string Value, string Takes);
