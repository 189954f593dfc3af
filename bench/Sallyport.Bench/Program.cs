using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

// All parts, or those that --filter names; --quick measures each for a fraction of the time, for a look before and after a change.
var quick = args.Contains("--quick");
var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance);
if (quick) job = job.WithIterationTime(TimeInterval.FromMilliseconds(50)).WithWarmupCount(3).WithIterationCount(5);
var config = DefaultConfig.Instance
    .AddJob(job)
    .AddDiagnoser(MemoryDiagnoser.Default)
    .HideColumns(Column.Job, Column.Toolchain, Column.IterationTime, Column.IterationCount, Column.WarmupCount)
    .WithArtifactsPath(Path.Combine("artifacts", "bench", "micro"))
    .WithOptions(ConfigOptions.JoinSummary);
string[] rest = [.. args.Where(argument => argument != "--quick")];
var switcher = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly);
if (rest.Length == 0) switcher.RunAllJoined(config);
else switcher.Run(rest, config);
