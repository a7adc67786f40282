namespace ClamProxy.Configuration;

/// <summary>A value that the operator gave.</summary>
/// <param name="Name">Where it was given: the short variable, <c>ClamProxy__X__Y</c>, or the key path of a file.</param>
/// <param name="Value">The text, never empty.</param>
/// <param name="Origin">Which source has it: a file's path, <c>environment</c>, <c>command line</c> or <c>preset</c>.</param>
internal sealed record GivenSetting(string Name, string Value, string Origin = "");
