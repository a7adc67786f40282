using System.Text;

namespace ClamProxy.Warming.Lists;

/// <summary>
/// Reads a list's text whole, within bounds: its name may be that of a pipe that nobody writes to, or of a device that never ends.
/// </summary>
internal static class ListFile
{
    // The largest lock files seen are a few MiB.
    private const int MostBytes = 64 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <exception cref="UnreadableListException">It is not there, may not be read, is too large or does not end.</exception>
    public static async Task<string> ReadAsync(string path, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            // Opening a pipe without a writer blocks, and no token ends that.
            return await Task.Run(
                () => ReadAllAsync(path, cancellationToken), cancellationToken).WaitAsync(Patience, time, cancellationToken);
        }
        catch (Exception unreadable) when (
            unreadable is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UnreadableListException(path, null, $"cannot be read: {unreadable.Message}");
        }
        catch (TimeoutException)
        {
            throw new UnreadableListException(path, null, $"cannot be read: nothing came for {Patience.TotalSeconds} s");
        }
    }

    private static async Task<string> ReadAllAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, useAsync: true);
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int count; (count = await file.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            bytes.Write(buffer, 0, count);
            if (bytes.Length > MostBytes)
            {
                throw new UnreadableListException(path, null, $"is larger than {MostBytes >> 20} MiB, too large for a list of files");
            }
        }

        bytes.Position = 0;
        using var text = new StreamReader(bytes, Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
        return await text.ReadToEndAsync(cancellationToken);
    }
}
