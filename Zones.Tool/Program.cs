using Zones.Tool.Cli;

return await CommandLine.RunAsync(args);
