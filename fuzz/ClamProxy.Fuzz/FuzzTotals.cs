namespace ClamProxy.Fuzz;

/// <summary>What a run came to.</summary>
/// <param name="Target">The parser.</param>
/// <param name="Corpus">Inputs that were kept in the repository.</param>
/// <param name="Mutations">Inputs that were made of them.</param>
/// <param name="Classes">How many inputs there were of each class.</param>
/// <param name="Violations">Property and input, the first few.</param>
internal sealed record FuzzTotals(
    string Target,
    int Corpus,
    long Mutations,
    IReadOnlyDictionary<string, long> Classes,
    IReadOnlyList<(string Property, byte[] Input)> Violations);
