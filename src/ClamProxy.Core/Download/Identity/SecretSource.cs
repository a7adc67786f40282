using System.Text;

namespace ClamProxy.Core.Download.Identity;

/// <summary>Where an operator keeps a secret: <c>file:PATH</c> or <c>env:VARIABLE</c>. The secret itself is in no setting.</summary>
internal sealed class SecretSource
{
    // A long token has a few KB; a header field may not be much longer.
    private const int MostBytes = 16 * 1024;

    private readonly string? _file;
    private readonly string? _variable;
    private readonly Lock _gate = new();
    private DateTime _writtenAt;
    private string? _value;

    private SecretSource(string? file, string? variable)
    {
        (_file, _variable) = (file, variable);
    }

    public static SecretSource? Parse(string text) =>
        text.StartsWith("file:", StringComparison.OrdinalIgnoreCase) && text.Length > 5 ? new(text[5..], null)
        : text.StartsWith("env:", StringComparison.OrdinalIgnoreCase) && text.Length > 4 ? new(null, text[4..])
        : null;

    /// <summary>
    /// The secret, without white space at its ends; a file is read again when it was written anew, and what was read before stays valid
    /// while it cannot be read. Null: there is none, or it cannot be the value of a header field.
    /// </summary>
    public string? Read()
    {
        lock (_gate)
        {
            _value = (_file is null ? Usable(Environment.GetEnvironmentVariable(_variable!)) : FromFile(_file)) ?? _value;
            return _value;
        }
    }

    private string? FromFile(string path)
    {
        try
        {
            var writtenAt = File.GetLastWriteTimeUtc(path);
            if (_value is not null && writtenAt == _writtenAt)
            {
                return _value;
            }

            using var file = File.OpenRead(path);
            var bytes = new byte[MostBytes + 1];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            _writtenAt = writtenAt;
            return length > MostBytes ? null : Usable(Encoding.UTF8.GetString(bytes, 0, length));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static string? Usable(string? text) => text?.Trim() is { Length: > 0 } secret && !secret.Any(char.IsControl) ? secret : null;
}
