using System.Security.Cryptography;
using ClamProxy.Core.Gate;

namespace ClamProxy.Core.Tests.Gate;

public sealed class HeldBackBytesTests
{
    [Theory]
    [InlineData(1, 1000, 1)]
    [InlineData(100, 1000, 1)]
    [InlineData(100, 1000, 99)]
    [InlineData(100, 1000, 100)]
    [InlineData(100, 1000, 101)]
    [InlineData(100, 1000, 1000)]
    [InlineData(100, 50, 7)]
    public async Task WhateverThePieces_TheLastBytesWaitAndOrderIsKept(int capacity, int length, int piece)
    {
        var content = RandomNumberGenerator.GetBytes(length);
        using var sent = new MemoryStream();
        using var held = new HeldBackBytes(capacity);
        long received = 0;

        foreach (var part in content.Chunk(piece))
        {
            await held.PushAsync(part, (bytes, token) => sent.WriteAsync(bytes, token), CancellationToken.None);
            received += part.Length;
            Assert.Equal(Math.Max(0, received - capacity), sent.Length);
        }

        Assert.Equal(Math.Min(capacity, length), held.Rest.Length);
        sent.Write(held.Rest.Span);
        Assert.Equal(content, sent.ToArray());
    }
}
