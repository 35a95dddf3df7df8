-- What a workflow is. Runs on PostgreSQL 14 and later; every UUID is made by the worker.
-- Handlers' data is json, not jsonb: the text comes back as it was given.

create table tasker.task_namespaces (
  name        text primary key,
  created_at  timestamptz not null default now()
);

create table tasker.named_tasks (
  named_task_uuid uuid primary key,
  namespace       text not null references tasker.task_namespaces (name),
  name            text not null,
  version         text not null,
  description     text not null default '',
  created_at      timestamptz not null default now(),
  unique (namespace, name, version)
);

create table tasker.named_steps (
  named_task_uuid uuid not null references tasker.named_tasks (named_task_uuid),
  name            text not null,
  handler         text not null,
  primary key (named_task_uuid, name)
);

create table tasker.tasks (
  task_uuid               uuid primary key,
  named_task_uuid         uuid not null references tasker.named_tasks (named_task_uuid),
  context                 json not null,
  on_failure              text not null check (on_failure in ('blocked', 'error')),
  priority                smallint not null default 0,
  created_at              timestamptz not null default now(),
  completed_at            timestamptz,
  finalization_claimed_by text,
  finalization_claimed_at timestamptz
);
create index tasks_created_at on tasker.tasks (created_at desc);

create table tasker.workflow_steps (
  step_uuid           uuid primary key,
  task_uuid           uuid not null references tasker.tasks (task_uuid) on delete cascade,
  name                text not null,
  handler             text not null,
  position            int not null,
  config              json not null,
  max_attempts        int not null check (max_attempts >= 1),
  backoff_ms          bigint not null,
  max_backoff_ms      bigint not null,
  jitter              double precision not null,
  timeout_ms          bigint not null,
  retryable           boolean not null default true,
  attempts            int not null default 0,
  -- counts every claim: the token that lets only the latest claimer hand in a result
  claims              int not null default 0,
  last_attempted_at   timestamptz,
  next_retry_at       timestamptz,
  checkpoint          json,
  results             json,
  result_metadata     json,
  error_type          text,
  error_message       text,
  error_code          text,
  error_backtrace     text,
  attempt_traceparent text,
  unique (task_uuid, name)
);

create table tasker.workflow_step_edges (
  from_step_uuid uuid not null references tasker.workflow_steps (step_uuid) on delete cascade,
  to_step_uuid   uuid not null references tasker.workflow_steps (step_uuid) on delete cascade,
  primary key (to_step_uuid, from_step_uuid)
);
create index workflow_step_edges_from on tasker.workflow_step_edges (from_step_uuid);

create table tasker.task_transitions (
  task_uuid   uuid not null references tasker.tasks (task_uuid) on delete cascade,
  sort_key    int not null,
  from_state  text,
  to_state    text not null,
  most_recent boolean not null,
  processor   text not null,
  metadata    jsonb not null default '{}',
  created_at  timestamptz not null default clock_timestamp(),
  primary key (task_uuid, sort_key)
);
create unique index task_transitions_most_recent on tasker.task_transitions (task_uuid) where most_recent;
-- holds only what is not at its end, so counting the tasks at work never reads the finished ones
create index task_transitions_active on tasker.task_transitions (to_state, task_uuid)
  where most_recent and to_state not in ('complete', 'error', 'cancelled', 'resolved_manually');

create table tasker.workflow_step_transitions (
  step_uuid   uuid not null references tasker.workflow_steps (step_uuid) on delete cascade,
  sort_key    int not null,
  from_state  text,
  to_state    text not null,
  most_recent boolean not null,
  processor   text not null,
  metadata    jsonb not null default '{}',
  created_at  timestamptz not null default clock_timestamp(),
  primary key (step_uuid, sort_key)
);
create unique index workflow_step_transitions_most_recent
  on tasker.workflow_step_transitions (step_uuid) where most_recent;
create index workflow_step_transitions_pending
  on tasker.workflow_step_transitions (step_uuid) where most_recent and to_state = 'pending';

create table tasker.workflow_step_result_audit (
  audit_id      bigint generated always as identity primary key,
  task_uuid     uuid not null references tasker.tasks (task_uuid) on delete cascade,
  step_uuid     uuid not null references tasker.workflow_steps (step_uuid) on delete cascade,
  attempt       int not null,
  outcome       text not null,
  error_type    text,
  error_message text,
  processor     text not null,
  traceparent   text,
  started_at    timestamptz,
  recorded_at   timestamptz not null default clock_timestamp()
);
create index workflow_step_result_audit_step on tasker.workflow_step_result_audit (step_uuid);

create table tasker.tasks_dlq (
  dlq_id        bigint generated always as identity primary key,
  task_uuid     uuid not null references tasker.tasks (task_uuid) on delete cascade,
  step_uuid     uuid references tasker.workflow_steps (step_uuid) on delete cascade,
  reason        text not null check (reason in ('staleness_timeout', 'max_retries_exceeded', 'permanent_failure',
                  'dependency_cycle_detected', 'worker_unavailable', 'manual_dlq')),
  resolution    text not null default 'pending'
                  check (resolution in ('pending', 'manually_resolved', 'permanently_failed', 'cancelled')),
  error_type    text,
  error_message text,
  created_at    timestamptz not null default clock_timestamp(),
  resolved_at   timestamptz
);
create index tasks_dlq_pending on tasker.tasks_dlq (task_uuid) where resolution = 'pending';

-- The legal edges, the same as in the worker's state machines.
create table tasker.task_state_edges (
  from_state text not null,
  to_state   text not null,
  primary key (from_state, to_state)
);
insert into tasker.task_state_edges values
  ('pending', 'initializing'),
  ('initializing', 'enqueuing_steps'), ('initializing', 'complete'), ('initializing', 'waiting_for_dependencies'),
  ('enqueuing_steps', 'steps_in_process'), ('enqueuing_steps', 'error'),
  ('steps_in_process', 'evaluating_results'), ('steps_in_process', 'waiting_for_retry'),
  ('steps_in_process', 'complete'), ('steps_in_process', 'error'),
  ('evaluating_results', 'complete'), ('evaluating_results', 'enqueuing_steps'),
  ('evaluating_results', 'waiting_for_dependencies'), ('evaluating_results', 'blocked_by_failures'),
  ('waiting_for_dependencies', 'evaluating_results'),
  ('waiting_for_retry', 'enqueuing_steps'),
  ('blocked_by_failures', 'error'),
  ('error', 'pending');
insert into tasker.task_state_edges
  select s, 'cancelled' from unnest(array['pending', 'initializing', 'enqueuing_steps', 'steps_in_process',
    'evaluating_results', 'waiting_for_dependencies', 'waiting_for_retry', 'blocked_by_failures']) s;
insert into tasker.task_state_edges
  select s, 'resolved_manually' from unnest(array['pending', 'initializing', 'enqueuing_steps', 'steps_in_process',
    'evaluating_results', 'waiting_for_dependencies', 'waiting_for_retry', 'blocked_by_failures',
    'complete', 'error', 'cancelled']) s;

create table tasker.step_state_edges (
  from_state text not null,
  to_state   text not null,
  primary key (from_state, to_state)
);
insert into tasker.step_state_edges values
  ('pending', 'enqueued'), ('pending', 'in_progress'),
  ('enqueued', 'in_progress'),
  ('in_progress', 'enqueued_for_orchestration'), ('in_progress', 'enqueued_as_error_for_orchestration'),
  ('in_progress', 'complete'),
  ('enqueued_for_orchestration', 'complete'), ('enqueued_for_orchestration', 'error'),
  ('enqueued_as_error_for_orchestration', 'error'), ('enqueued_as_error_for_orchestration', 'complete'),
  ('waiting_for_retry', 'pending'),
  ('error', 'pending'),
  ('pending', 'waiting_for_retry'), ('enqueued', 'waiting_for_retry'), ('in_progress', 'waiting_for_retry'),
  ('enqueued_as_error_for_orchestration', 'waiting_for_retry'),
  ('pending', 'error'), ('enqueued', 'error'), ('in_progress', 'error');
insert into tasker.step_state_edges
  select s, 'cancelled' from unnest(array['pending', 'enqueued', 'in_progress', 'enqueued_for_orchestration',
    'enqueued_as_error_for_orchestration', 'waiting_for_retry', 'error']) s;
insert into tasker.step_state_edges
  select s, 'resolved_manually' from unnest(array['pending', 'enqueued', 'in_progress',
    'enqueued_for_orchestration', 'enqueued_as_error_for_orchestration', 'waiting_for_retry', 'error', 'complete',
    'cancelled']) s;
insert into tasker.step_state_edges
  select s, 'complete' from unnest(array['pending', 'enqueued', 'waiting_for_retry', 'error']) s;
