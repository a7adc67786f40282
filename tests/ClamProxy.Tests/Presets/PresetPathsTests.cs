using ClamProxy.Doors.Http;
using ClamProxy.Doors.Http.Routing;
using ClamProxy.Presets;

namespace ClamProxy.Tests.Presets;

/// <summary>The requests that real clients make: which of them may be answered by an earlier verdict.</summary>
public sealed class PresetPathsTests
{
    private static readonly RouteTable Table = new(new HttpDoorOptions
    {
        Routes = PresetWorld.Of(
            [$"PRESETS={string.Join(',', PresetCatalog.All.Keys)}", .. PresetCatalog.All.Values.SelectMany(PresetWorld.Upstreams)]).Routes,
    });

    [Theory]
    [InlineData("/pypi-files/packages/ab/cd/0123/requests-2.32.3-py3-none-any.whl")]
    [InlineData("/pypi-files/packages/ab/cd/0123/requests-2.32.3-py3-none-any.whl.metadata")]
    [InlineData("/pypi/packages/requests-2.32.3.tar.gz")]
    [InlineData("/npm/lodash/-/lodash-4.17.21.tgz")]
    [InlineData("/npm/@babel/core/-/core-7.26.0.tgz")]
    [InlineData("/npm/@babel%2fcore/-/core-7.26.0.tgz")]
    [InlineData("/nuget/v3-flatcontainer/newtonsoft.json/13.0.3/newtonsoft.json.13.0.3.nupkg")]
    [InlineData("/nuget/v3-flatcontainer/newtonsoft.json/13.0.3/newtonsoft.json.nuspec")]
    [InlineData("/maven/org/apache/commons/commons-lang3/3.17.0/commons-lang3-3.17.0.jar")]
    [InlineData("/maven/org/apache/commons/commons-lang3/3.17.0/commons-lang3-3.17.0.jar.sha1")]
    [InlineData("/maven/org/apache/commons/commons-lang3/3.17.0/commons-lang3-3.17.0-sources.jar")]
    [InlineData("/maven/org/apache/commons/commons-lang3/3.17.0/commons-lang3-3.17.0.pom")]
    [InlineData("/debian/pool/main/h/hello/hello_2.10-3_amd64.deb")]
    [InlineData("/debian/dists/bookworm/main/binary-amd64/by-hash/SHA256/0123")]
    [InlineData("/debian-security/pool/updates/main/o/openssl/openssl_3.0.15-1~deb12u1_amd64.deb")]
    [InlineData("/cargo-files/crates/serde/1.0.217/download")]
    [InlineData("/cargo/api/v1/crates/serde/1.0.217/download")]
    [InlineData("/go/github.com/!burnt!sushi/toml/@v/v1.4.0.zip")]
    [InlineData("/go/golang.org/x/text/@v/v0.21.0.mod")]
    [InlineData("/go/sumdb/sum.golang.org/tile/8/0/x001/234")]
    public void FileOfAVersion_NeverChanges(string path) => Assert.True(IsImmutable(path));

    [Theory]
    [InlineData("/pypi/simple/")]
    [InlineData("/pypi/simple/requests/")]
    [InlineData("/pypi/pypi/requests/json")]
    [InlineData("/npm/lodash")]
    [InlineData("/npm/@babel%2fcore")]
    [InlineData("/npm/-/v1/search?text=-/x.tgz")]
    [InlineData("/cargo/do/wn/download")]
    [InlineData("/nuget/v3/index.json")]
    [InlineData("/nuget/v3-flatcontainer/newtonsoft.json/index.json")]
    [InlineData("/nuget/v3/registration5-gz-semver2/newtonsoft.json/index.json")]
    [InlineData("/maven/org/apache/commons/commons-lang3/maven-metadata.xml")]
    [InlineData("/maven/org/apache/commons/commons-lang3/maven-metadata.xml.sha1")]
    [InlineData("/maven/org/example/app/1.0-SNAPSHOT/app-1.0-SNAPSHOT.jar")]
    [InlineData("/maven/org/example/app/1.0-SNAPSHOT/maven-metadata.xml")]
    [InlineData("/maven/.index/nexus-maven-repository-index.zip")]
    [InlineData("/debian/dists/bookworm/InRelease")]
    [InlineData("/debian/dists/bookworm/main/binary-amd64/Packages.xz")]
    [InlineData("/debian/pool/main/h/hello/")]
    [InlineData("/cargo/config.json")]
    [InlineData("/cargo/se/rd/serde")]
    [InlineData("/go/golang.org/x/text/@v/list")]
    [InlineData("/go/golang.org/x/text/@v/v0.21.0.info")]
    [InlineData("/go/golang.org/x/text/@latest")]
    [InlineData("/go/golang.org/x/text/@v/master.info")]
    [InlineData("/go/sumdb/sum.golang.org/latest")]
    [InlineData("/generic/latest/tool.tar.gz")]
    public void Index_IsAskedForEachTime(string path) => Assert.False(IsImmutable(path));

    private static bool IsImmutable(string path) => Table.IsImmutable(Table.Find(path, out var rest)!, rest);
}
