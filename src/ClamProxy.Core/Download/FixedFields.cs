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

    /// <summary>For what is immutable: its bytes are the file.</summary>
    public static readonly KeyValuePair<string, string> AcceptEncoding = new("Accept-Encoding", "identity");

    /// <summary>
    /// For what may change: the codings that are decoded here. gzip is what clients of package indexes take, so it is preferred.
    /// </summary>
    public static readonly KeyValuePair<string, string> AcceptCodings = new("Accept-Encoding", "gzip, br;q=0.9, zstd;q=0.8");

    /// <summary>Whether a field is one of these with its value. With any other value it selects, as all do that are sent.</summary>
    public static bool Contain(KeyValuePair<string, string> field) =>
        Is(field, UserAgent) || Is(field, AcceptEncoding) || AsksForCodings(field);

    /// <summary>Whether a field asks for a coded answer. Such an answer may be for those alone who ask for one.</summary>
    public static bool AsksForCodings(KeyValuePair<string, string> field) => Is(field, AcceptCodings);

    private static bool Is(KeyValuePair<string, string> field, KeyValuePair<string, string> known) =>
        field.Value == known.Value && field.Key.Equals(known.Key, StringComparison.OrdinalIgnoreCase);
}
