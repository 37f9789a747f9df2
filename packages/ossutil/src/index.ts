/**
 * @module The parts of the `ossutil` command line. The program itself is `main.ts`, which imports
 * the modules it needs and never this index: it has to start fast.
 */

// The command line: flags as data, pflag's grammar, suggestions, help.
export * from './arguments/check-flags.js';
export * from './arguments/flag-definition.js';
export * from './arguments/flag-table.js';
export * from './arguments/parse-arguments.js';
export * from './arguments/parsed-arguments.js';
// Settings: flags above environment above configuration file; where requests go.
export * from './configuration/configuration-file.js';
export * from './configuration/configuration-key.js';
export * from './configuration/configuration-path.js';
export * from './configuration/credentials.js';
export * from './configuration/edit-configuration.js';
export * from './configuration/endpoint.js';
export * from './configuration/environment-variables.js';
export * from './configuration/location.js';
export * from './configuration/profile.js';
export * from './configuration/proxy.js';
export * from './configuration/read-configuration.js';
export * from './configuration/request-names.js';
export * from './configuration/settings.js';
export * from './configuration/write-configuration.js';
// Where option values come from.
export * from './content-type/content-type.js';
// What is shown: answers, errors, progress, logs.
export * from './errors/client-error.js';
export * from './errors/command-error.js';
export * from './errors/error-report.js';
export * from './errors/exit-code.js';
export * from './errors/interrupted-error.js';
export * from './errors/network-failure.js';
export * from './errors/service-advice.js';
export * from './errors/service-error.js';
export * from './errors/usage-error.js';
export * from './help/render-help.js';
export * from './help/show-help.js';
export * from './log/logger.js';
export * from './log/open-log.js';
export * from './log/redact.js';
export * from './output/document.js';
export * from './output/elapsed-line.js';
export * from './output/output-query.js';
export * from './output/render-answer.js';
// The command tree: what a command is, what it is given, how the program runs it.
export * from './program/command-node.js';
export * from './program/find-command.js';
export * from './program/global-flags.js';
export * from './program/program-edge.js';
export * from './program/program-version.js';
export * from './program/root-command.js';
export * from './program/run-program.js';
export * from './progress/progress-bar.js';
export * from './suggest.js';
export * from './values/body-source.js';
export * from './values/file-probe.js';
export * from './values/option-value.js';
export * from './values/structured-body.js';
export * from './values/structured-value.js';
