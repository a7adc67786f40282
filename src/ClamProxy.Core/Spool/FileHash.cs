using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Spool;

/// <summary>The SHA-256 of a file, from its first byte on.</summary>
internal sealed class FileHash(SafeFileHandle file) : IDisposable
{
    private const int BufferBytes = 128 << 10;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private long _hashed;

    /// <param name="length">How much of the file there is by now.</param>
    /// <exception cref="IOException">There is less.</exception>
    public void AppendUpTo(long length)
    {
        while (_hashed < length)
        {
            var read = RandomAccess.Read(file, _buffer.AsSpan(0, (int)Math.Min(_buffer.Length, length - _hashed)), _hashed);
            _hash.AppendData(_buffer, 0, read > 0 ? read : throw new IOException("a spool file is shorter than what was written to it"));
            _hashed += read;
        }
    }

    /// <returns>64 lower-case hexadecimal digits.</returns>
    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose()
    {
        _hash.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
    }
}
