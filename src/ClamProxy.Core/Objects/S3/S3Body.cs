using Amazon.S3.Model;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Objects.S3;

/// <summary>
/// Some bytes of one version of an object, in order. A connection that breaks or falls silent is replaced, and the rest asked for; nothing
/// is read ahead.
/// </summary>
/// <param name="calls">The bucket.</param>
/// <param name="key">The whole key in it.</param>
/// <param name="version">Whose bytes; any other version's are refused.</param>
/// <param name="from">The first.</param>
/// <param name="end">The first that is not read any more.</param>
internal sealed class S3Body(S3Calls calls, string key, S3Version version, long from, long end) : AsyncReadStream
{
    private GetObjectResponse? _answer;
    private int _failed;

    private string Right => S3Rights.Get(version.Id);

    /// <summary>Where the next read begins.</summary>
    public long At { get; private set; } = from;

    /// <exception cref="S3Exception">The store does not answer, or has another version now.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (At < end && buffer.Length > 0)
        {
            _answer ??= await OpenAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                var read = await ReadOnceAsync(buffer, cancellationToken).ConfigureAwait(false);
                At += read;
                _failed = read > 0 ? 0 : _failed;
                return read > 0 ? read : throw new IOException("an answer ended before its length");
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                Disconnect();
                if (++_failed >= calls.Attempts)
                {
                    throw calls.Failed(e, Right);
                }
            }
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        Disconnect();
        base.Dispose(disposing);
    }

    private void Disconnect()
    {
        _answer?.Dispose();
        _answer = null;
    }

    private Task<GetObjectResponse> OpenAsync(CancellationToken cancellationToken) => calls.RunAsync(
        Right,
        (client, any) => client.GetObjectAsync(
            new GetObjectRequest
            {
                BucketName = calls.Bucket,
                Key = key,
                VersionId = version.Id,
                EtagToMatch = version.Tag,
                ByteRange = new ByteRange(At, end - 1),
            },
            any),
        cancellationToken);

    private async ValueTask<int> ReadOnceAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(calls.Timeout, calls.Clock);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        var wanted = (int)Math.Min(buffer.Length, end - At);
        if (_answer!.ETag is { Length: > 0 } tag && tag != version.Tag)
        {
            throw new S3Exception(S3Fault.Changed, S3Version.IsAnother);
        }

        return await _answer.ResponseStream.ReadAsync(buffer[..wanted], any.Token).ConfigureAwait(false);
    }
}
