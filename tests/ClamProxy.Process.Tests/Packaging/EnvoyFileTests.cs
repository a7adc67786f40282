using ClamProxy.TestKit;
using YamlDotNet.RepresentationModel;

namespace ClamProxy.Process.Tests.Packaging;

/// <summary>What of deploy/envoy can be checked without an Envoy: YAML, names of fields, settings without which bodies pass.</summary>
public sealed class EnvoyFileTests
{
    private const string YamlRules = "{extends: default, rules: {line-length: {max: 150}, braces: {max-spaces-inside: 0}}}";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    // envoy/extensions/filters/http/ext_proc/v3/ext_proc.proto and processing_mode.proto.
    private static readonly IReadOnlyList<string> FilterFields =
    [
        "@type", "grpc_service", "failure_mode_allow", "processing_mode", "request_attributes", "response_attributes", "message_timeout",
        "stat_prefix", "mutation_rules", "max_message_timeout", "disable_clear_route_cache", "forward_rules", "filter_metadata",
        "allow_mode_override", "disable_immediate_response", "metadata_options", "observability_mode", "route_cache_action",
        "deferred_close_timeout", "status_on_error",
    ];

    private static readonly IReadOnlyList<string> ModeFields =
    [
        "request_header_mode", "response_header_mode", "request_body_mode", "response_body_mode", "request_trailer_mode",
        "response_trailer_mode",
    ];

    [Fact]
    public async Task Files_PassYamllint()
    {
        await using var process = ServerProcess.Start(
            "yamllint", ["--strict", "--config-data", YamlRules, "deploy/envoy"], folder: Repository.Folder);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadline);
        await process.WaitForExitAsync(deadline.Token);
        Assert.True(process.ExitCode == 0, process.Log);
    }

    [Theory]
    [InlineData("envoy.yaml")]
    [InlineData("istio.yaml")]
    public void Filter_HoldsBodiesInBothDirectionsAndLetsNothingPassOnErrors(string file)
    {
        var filter = Assert.Single(
            Load(file).SelectMany(document => All(document.RootNode)).OfType<YamlMappingNode>(),
            node => Text(node, "@type")?.EndsWith(".ext_proc.v3.ExternalProcessor", StringComparison.Ordinal) is true);
        var mode = (YamlMappingNode)filter["processing_mode"];

        Assert.Empty(Names(filter).Except(FilterFields));
        Assert.Equal(ModeFields.Order(), Names(mode).Order());
        Assert.Equal("false", Text(filter, "failure_mode_allow"));
        Assert.Equal("false", Text(filter, "allow_mode_override"));
        Assert.All(Names(mode), name => Assert.Equal(
            name.EndsWith("body_mode", StringComparison.Ordinal) ? "FULL_DUPLEX_STREAMED" : "SEND", Text(mode, name)));
    }

    [Fact]
    public void EnvoyGateway_HoldsBodiesAndFailsClosed()
    {
        var documents = Load("envoy-gateway.yaml").Select(document => (YamlMappingNode)document.RootNode).ToList();
        var processors = (YamlSequenceNode)Assert.Single(documents, one => Text(one, "kind") == "EnvoyExtensionPolicy")["spec"]["extProc"];
        var processor = (YamlMappingNode)Assert.Single(processors);
        var service = Assert.Single(documents, one => Text(one, "kind") == "Service");
        var trust = Assert.Single(documents, one => Text(one, "kind") == "BackendTLSPolicy");
        var target = (YamlMappingNode)trust["spec"]["targetRefs"][0];

        Assert.Empty(Names(processor).Except(["backendRefs", "failOpen", "messageTimeout", "processingMode", "metadata"]));
        Assert.Equal("false", Text(processor, "failOpen"));
        Assert.Equal("FullDuplexStreamed", Text((YamlMappingNode)processor["processingMode"]["request"], "body"));
        Assert.Equal("FullDuplexStreamed", Text((YamlMappingNode)processor["processingMode"]["response"], "body"));
        Assert.Equal(Text((YamlMappingNode)service["metadata"], "name"), Text(target, "name"));
        Assert.Equal(Text((YamlMappingNode)service["spec"]["ports"][0], "name"), Text(target, "sectionName"));
    }

    private static List<YamlDocument> Load(string file)
    {
        var stream = new YamlStream();
        using var text = File.OpenText(Repository.File($"deploy/envoy/{file}"));
        stream.Load(text);
        return [.. stream.Documents];
    }

    private static IEnumerable<YamlNode> All(YamlNode node) => node switch
    {
        YamlMappingNode map => [map, .. map.Children.Values.SelectMany(All)],
        YamlSequenceNode list => list.Children.SelectMany(All),
        _ => [],
    };

    private static IEnumerable<string> Names(YamlMappingNode map) => map.Children.Keys.Select(key => ((YamlScalarNode)key).Value!);

    private static string? Text(YamlMappingNode map, string name) =>
        map.Children.TryGetValue(name, out var value) ? (value as YamlScalarNode)?.Value : null;
}
