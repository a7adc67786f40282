using System.Security.Cryptography;
using System.Text;

namespace ClamProxy.Core.Deliveries;

/// <summary>Names and addresses as keyed hashes, the same for the same name as long as the key is there.</summary>
internal sealed class NameHash
{
    private const int KeyBytes = 32;
    private const int ShownBytes = 16;
    private const string FileName = "names.key";

    private readonly byte[] _key;

    private NameHash(byte[] key) => _key = key;

    /// <summary>With the key of a folder, which is drawn where there is none. To be called by one process at a time.</summary>
    /// <exception cref="IOException">The key cannot be read or written, or is none.</exception>
    public static NameHash OpenOrDraw(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            Draw(path);
        }

        return Open(folder);
    }

    /// <summary>With the key of a folder.</summary>
    /// <exception cref="IOException">The key cannot be read, or is none.</exception>
    public static NameHash Open(string folder)
    {
        var path = Path.Combine(folder, FileName);
        var key = File.ReadAllBytes(path);
        return key.Length == KeyBytes ? new(key) : throw new IOException($"{path} is no key of {KeyBytes} bytes");
    }

    public string? Of(string? name) => name is null
        ? null
        : $"hmac:{Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(name)).AsSpan(0, ShownBytes))}";

    private static void Draw(string path)
    {
        // A process that is killed here leaves no half of a key.
        var next = $"{path}.next";
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var file = new FileStream(next, options))
        {
            file.Write(RandomNumberGenerator.GetBytes(KeyBytes));
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }
}
