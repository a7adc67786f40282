using ClamProxy.Core.Compression;
using Microsoft.Net.Http.Headers;

namespace ClamProxy.Doors.Http.Replies;

/// <summary>
/// The content codings that a client takes, by its Accept-Encoding (RFC 9110 §12.5.3). A client that sends none is taken for one that
/// decodes nothing, as curl, wget and apt are.
/// </summary>
internal sealed class AcceptedCodings
{
    private readonly IList<StringWithQualityHeaderValue> _named;

    private AcceptedCodings(IList<StringWithQualityHeaderValue> named) => _named = named;

    public static AcceptedCodings Of(HttpRequest request) =>
        new(StringWithQualityHeaderValue.TryParseList([.. request.Headers.AcceptEncoding.OfType<string>()], out var named) ? named : []);

    /// <summary>Whether the client can decode an answer that has all of these codings.</summary>
    public bool Take(ContentCodings codings) => codings.Layers.All(Take);

    public bool Take(Coding coding)
    {
        string[] names = coding switch
        {
            Coding.Gzip => ["gzip", "x-gzip"],
            Coding.Deflate => ["deflate"],
            Coding.Brotli => ["br"],
            Coding.Zstandard => ["zstd"],
            Coding.Unknown or Coding.Zlib or Coding.RawDeflate => [],
        };
        var said = names.Length == 0 ? null : Said(names) ?? Said("*");
        return said > 0;
    }

    /// <summary>The quality of the first member that has one of these names; null: there is none.</summary>
    private double? Said(params string[] names) =>
        _named.FirstOrDefault(member => names.Contains(member.Value.Value, StringComparer.OrdinalIgnoreCase)) is { } member
            ? member.Quality ?? 1
            : null;
}
