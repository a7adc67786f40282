namespace ClamProxy.Core.Download;

/// <summary>
/// The request fields that every upstream gets with one value, whoever asks. They select nothing; the client's own would let it decide what
/// others get.
/// </summary>
public static class FixedFields
{
    /// <summary>Names this proxy; there are upstreams that refuse a request without a User-Agent.</summary>
    public static readonly KeyValuePair<string, string> UserAgent = new(
        "User-Agent", $"ClamProxy/{typeof(FixedFields).Assembly.GetName().Version!.ToString(3)}");

    public static readonly KeyValuePair<string, string> AcceptEncoding = new("Accept-Encoding", "identity");

    /// <summary>Whether a field is one of these with its value. With any other value it selects, as all do that are sent.</summary>
    public static bool Contain(KeyValuePair<string, string> field) => Is(field, UserAgent) || Is(field, AcceptEncoding);

    private static bool Is(KeyValuePair<string, string> field, KeyValuePair<string, string> known) =>
        field.Value == known.Value && field.Key.Equals(known.Key, StringComparison.OrdinalIgnoreCase);
}
