namespace ClamProxy.Admin.Settings;

/// <summary>Whether a configuration is right.</summary>
/// <param name="Right">Whether a start would take it.</param>
/// <param name="Problems">What is wrong, one line each, without secrets.</param>
internal sealed record CheckAnswer(bool Right, IReadOnlyList<string> Problems);
