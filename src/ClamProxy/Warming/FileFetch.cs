namespace ClamProxy.Warming;

/// <summary>Asks for one file, throws its bytes away, and says whether they were the ones that the list means.</summary>
internal sealed class FileFetch(ProxyClient client)
{
    private const string Mismatch = "hash mismatch";

    // What pip and most clients say, so that their request is the same as this one.
    private const string Anything = "*/*";

    /// <returns>Never an exception: also what went wrong is a result.</returns>
    public Task<WarmResult> RunAsync(WarmFile file, CancellationToken cancellationToken) =>
        client.AskAsync(
            file.Name,
            file.Location,
            Anything,
            (answer, token) => file.IsNuGetPackage ? TakePackageAsync(file, answer, token) : TakeAsync(file, answer, token),
            cancellationToken);

    private static async Task<DownloadedBody> TakeAsync(WarmFile file, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        using var check = new DigestCheck(file.Digests);
        var size = await BodyReader.ReadAsync(
            answer,
            piece =>
            {
                check.Append(piece.Span);
                return ValueTask.CompletedTask;
            },
            cancellationToken);
        return new(size, check.Holds() ? null : Mismatch);
    }

    /// <summary>Keeps the package on disk meanwhile: the hash of a signed one is that of the package as it was before.</summary>
    private static async Task<DownloadedBody> TakePackageAsync(
        WarmFile file, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        using var check = new DigestCheck(file.Digests);
        await using var package = new FileStream(
            Path.Combine(Path.GetTempPath(), $"clamproxy-warm-{Guid.NewGuid():N}"),
            FileMode.CreateNew,
            FileAccess.ReadWrite,
            FileShare.None,
            64 * 1024,
            FileOptions.DeleteOnClose);
        var size = await BodyReader.ReadAsync(
            answer,
            piece =>
            {
                check.Append(piece.Span);
                return package.WriteAsync(piece, cancellationToken);
            },
            cancellationToken);
        if (check.Holds())
        {
            return new(size, null);
        }

        await package.FlushAsync(cancellationToken);
        var unsigned = UnsignedPackage.Hash(package);
        return new(size, unsigned is not null && file.Digests.Contains(unsigned) ? null : Mismatch);
    }
}
