namespace ClamProxy.Doors.Http.Requests;

/// <summary>The header fields of a request to an upstream.</summary>
/// <param name="Fields">They themselves, as they are sent.</param>
/// <param name="IsPrivate">Whether one of them shows who the client is.</param>
/// <param name="Neutral">The names of those that select an answer only where its Vary names them; more names than it has fields.</param>
internal readonly record struct SentFields(
    IReadOnlyList<KeyValuePair<string, string>> Fields, bool IsPrivate, IReadOnlyList<string> Neutral);
