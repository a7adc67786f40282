using ClamProxy.Core.Compression;
using ClamProxy.Doors.Http.Replies;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Tests.Doors.Http;

public sealed class AcceptedCodingsTests
{
    [Theory]
    [InlineData(null, "gzip", false)]
    [InlineData("", "gzip", false)]
    [InlineData("identity", "gzip", false)]
    [InlineData("gzip, deflate", "gzip", true)]
    [InlineData("deflate, x-GZIP;q=0.1", "gzip", true)]
    [InlineData("gzip;q=0", "gzip", false)]
    [InlineData("gzip;q=0, *", "gzip", false)]
    [InlineData("br, *;q=0.1", "gzip", true)]
    [InlineData("*;q=0", "gzip", false)]
    [InlineData("gzip, deflate", "br", false)]
    [InlineData("gzip, deflate, br, zstd", "zstd", true)]
    [InlineData("gzip, br", "gzip, br", true)]
    [InlineData("gzip", "gzip, br", false)]
    [InlineData("gzip;q=x", "gzip", false)]
    public void Codings_AreTakenWhereTheClientSaysSo(string? accepted, string codings, bool isTaken)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.AcceptEncoding = accepted;

        Assert.Equal(isTaken, AcceptedCodings.Of(context.Request).Take(ContentCodings.Of([codings])));
    }
}
